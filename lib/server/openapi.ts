import type { Predictor } from "../runs/predictor.ts";
import { projectVersion } from "../support/project_version.ts";

/** What a service does that its description tells. */
export interface ServiceDescription {
  /** The run's name. */
  name: string;
  /** The most bytes that an image may have. */
  size: number;
  /** Whether a token is asked for. */
  hasToken: boolean;
}

const json = (schema: object) => ({ "application/json": { schema } });
const text = { type: "string" };
const orNull = (type: string, more: object = {}) => ({ type: [type, "null"], ...more });
const proportion = { minimum: 0, maximum: 1 };

/** What a request may be refused with. */
const REFUSALS: Readonly<Record<string, string>> = {
  400: "The request is not as described here.",
  401: "The token is missing or wrong.",
  403: "The request comes from a page of another origin.",
  408: "The image did not come in time.",
  413: "The image has too many bytes.",
  422: "The image cannot be read, or not be drawn.",
  429: "This client has too many requests under way.",
  503: "All clients together have too many requests under way, or the answer took too long.",
};

/** Describes a service by OpenAPI 3.1. */
export function openApi(
  { loaded: { findings }, warnings }: Predictor,
  { name, size, hasToken }: ServiceDescription,
): object {
  const refusals = Object.fromEntries(
    Object.entries(REFUSALS).filter(([status]) => hasToken || status !== "401").map((
      [status, description],
    ) => [
      status,
      { description, content: json({ $ref: "#/components/schemas/Refusal" }) },
    ]),
  );
  const binary = { type: "string", format: "binary" };
  const requestBody = {
    required: true,
    description: `A PNG, JPEG or DICOM file, told by its content, of ${size} bytes at most.`,
    content: {
      ...Object.fromEntries(
        ["application/octet-stream", "image/png", "image/jpeg", "application/dicom"].map((
          type,
        ) => [type, {}]),
      ),
      "multipart/form-data": {
        schema: { type: "object", required: ["image"], properties: { image: binary } },
      },
    },
  };
  const finding = {
    name: "finding",
    in: "query",
    description: "The finding of the heat map. Default: the one furthest above its threshold.",
    schema: { type: "string", examples: findings.slice(0, 1) },
  };
  const heatMap = { "image/png": {} };
  return {
    openapi: "3.1.0",
    info: {
      title: `Thorax: ${name}`,
      version: projectVersion() ?? "0",
      description: [
        "What a trained network sees in chest X-rays. Not for medical use.",
        ...warnings.map((warning) => `- ${warning}`),
      ].join("\n"),
    },
    ...(hasToken ? { security: [{ token: [] }] } : {}),
    paths: {
      "/predict": {
        post: {
          operationId: "predict",
          summary: "What the network sees in an image; its heat map where Accept asks for image/png",
          parameters: [finding],
          requestBody,
          responses: {
            200: {
              description: "Every finding of the image, or the heat map of one.",
              content: { ...json({ $ref: "#/components/schemas/Prediction" }), ...heatMap },
            },
            ...refusals,
          },
        },
      },
      "/explain": {
        post: {
          operationId: "explain",
          summary: "Where the network looked: Grad-CAM over the image, the plain image beside it",
          parameters: [finding],
          requestBody,
          responses: { 200: { description: "The heat map.", content: heatMap }, ...refusals },
        },
      },
      "/openapi.json": {
        get: {
          operationId: "describe",
          summary: "This description",
          responses: { 200: { description: "An OpenAPI document.", content: json({ type: "object" }) } },
        },
      },
    },
    components: {
      ...(hasToken ? { securitySchemes: { token: { type: "http", scheme: "bearer" } } } : {}),
      schemas: {
        Refusal: { type: "object", required: ["error"], properties: { error: text } },
        Prediction: predictionSchema(findings),
        Finding: FINDING,
      },
    },
  };
}

/** A row of predictions with the run's own name and warnings. */
function predictionSchema(findings: readonly string[]): object {
  const properties = {
    run: { ...text, description: "The run's name." },
    runWarnings: { type: "array", items: text, description: "Why not to rely on the run, for any image." },
    image: { ...text, description: "The file's name, where the request had one." },
    format: { enum: ["png", "jpeg", "dicom"] },
    width: { type: "integer", minimum: 1, description: "In pixels." },
    height: { type: "integer", minimum: 1, description: "In pixels." },
    patient: orNull("string", { description: "A DICOM file's patient, by a pseudonym." }),
    view: orNull("string"),
    age: orNull("number", { description: "In years." }),
    sex: orNull("string"),
    warnings: { type: "array", items: text, description: "Why not to rely on it for this image." },
    distance: orNull("number", {
      minimum: 0,
      description: "How far the image is from the run's own; above 1 it is unlike them.",
    }),
    findings: {
      type: "object",
      required: findings,
      properties: Object.fromEntries(
        findings.map((finding) => [finding, { $ref: "#/components/schemas/Finding" }]),
      ),
      additionalProperties: false,
    },
  };
  return { type: "object", required: Object.keys(properties), properties, additionalProperties: false };
}

const FINDING_PROPERTIES = {
  probability: orNull("number", { ...proportion, description: "Calibrated on the run's validation set." }),
  threshold: orNull("number", { ...proportion, description: "The run's threshold, as a probability." }),
  above: orNull("boolean", { description: "Whether the image is not below the threshold." }),
  percentile: orNull("number", {
    ...proportion,
    description: "The fraction of the validation images that scored less.",
  }),
  score: { type: "number", ...proportion, description: "The network's raw output." },
  scoreThreshold: orNull("number", { description: "The run's threshold, as a score." }),
};

const FINDING = {
  type: "object",
  required: Object.keys(FINDING_PROPERTIES),
  properties: FINDING_PROPERTIES,
  additionalProperties: false,
};
