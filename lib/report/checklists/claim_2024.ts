import { FACTS, several } from "./_facts.ts";
import type { Checklist } from "./item.ts";

/** The items of CLAIM 2024, with what a run says for each. */
export const CLAIM_2024: Checklist = {
  title: "CLAIM 2024",
  reference:
    "Tejani et al., Checklist for Artificial Intelligence in Medical Imaging (CLAIM): 2024 Update, Radiology: " +
    "Artificial Intelligence 6(4), e240300, 2024",
  checked:
    "Numbers and subjects of all 44 items agree with a second-hand transcription (Aperivue/medsci-skills on GitHub, " +
    "CLAIM_2024.md, which says in a later version that it was compared with the article item by item); the article itself " +
    "was not read for this file",
  sections: [
    {
      title: "Title and abstract",
      items: [
        {
          number: "1",
          asks: "The title says that AI is studied, and of which kind",
          fact: FACTS.kind,
          author: "the title",
        },
        {
          number: "2",
          asks: "The abstract sums up design, methods, results, conclusions",
          author: "the abstract",
        },
      ],
    },
    {
      title: "Introduction",
      items: [
        {
          number: "3",
          asks: "Background, and what the AI is meant for",
          author: "background and intended use",
        },
        { number: "4", asks: "Aims and hypotheses", author: "aims and hypotheses" },
      ],
    },
    {
      title: "Methods: design",
      items: [
        { number: "5", asks: "Prospective or retrospective", fact: FACTS.retrospective },
        {
          number: "6",
          asks: "Goal of the study",
          author: "the goal, such as a new model, feasibility or superiority",
        },
      ],
    },
    {
      title: "Methods: data",
      items: [
        { number: "7", asks: "Where the data are from", fact: FACTS.source },
        {
          number: "8",
          asks: "Who and what was included and excluded",
          fact: FACTS.selected,
          author: "how the data's makers chose patients",
        },
        { number: "9", asks: "Preprocessing", fact: FACTS.preprocessing },
        { number: "10", asks: "Choice of subsets of the data", fact: FACTS.selected },
        {
          number: "11",
          asks: "De-identification",
          author: "how the data were de-identified, by their makers or you",
        },
        { number: "12", asks: "Missing data", fact: FACTS.missing },
        {
          number: "13",
          asks: "How images were acquired",
          author: "machines and protocols, as far as they are known",
        },
      ],
    },
    {
      title: "Methods: reference standard",
      items: [
        { number: "14", asks: "How the reference standard was obtained", fact: FACTS.reference },
        { number: "15", asks: "Why this reference standard", author: "why these labels, with their faults" },
        {
          number: "16",
          asks: "Who annotated, and with what preparation",
          fact: FACTS.reference,
          author: "the annotators, where there were any",
        },
        {
          number: "17",
          asks: "How the test set was annotated",
          fact: FACTS.reference,
          author: "where it differs",
        },
        { number: "18", asks: "How far annotators agree", author: "agreement between and within annotators" },
      ],
    },
    {
      title: "Methods: partitions and test data",
      items: [
        { number: "19", asks: "How data were divided into sets", fact: FACTS.partitions },
        { number: "20", asks: "At which level the sets are disjoint", fact: FACTS.disjoint },
        {
          number: "21",
          asks: "Intended sample size",
          fact: FACTS.numbers,
          author: "whether it was planned, and how",
        },
      ],
    },
    {
      title: "Methods: model and training",
      items: [
        { number: "22", asks: "The model in detail", fact: FACTS.model },
        { number: "23", asks: "Software", fact: FACTS.software },
        { number: "24", asks: "Initial parameters", fact: FACTS.initial },
        { number: "25", asks: "Training", fact: several(FACTS.training, FACTS.preprocessing) },
        { number: "26", asks: "How the final model was chosen", fact: FACTS.chosen },
        { number: "27", asks: "Ensembles", fact: () => "None: one network, one checkpoint." },
      ],
    },
    {
      title: "Methods: evaluation",
      items: [
        { number: "28", asks: "Measures of performance", fact: FACTS.measures },
        { number: "29", asks: "Uncertainty and significance", fact: FACTS.uncertainty },
        {
          number: "30",
          asks: "Robustness or sensitivity analysis",
          fact: several(FACTS.subgroups, FACTS.baseline, FACTS.restsOn),
          author: "other seeds, other settings",
        },
        { number: "31", asks: "Explanations", fact: several(FACTS.explained, FACTS.faithful) },
        { number: "32", asks: "Evaluation on internal data", fact: FACTS.partitions },
        {
          number: "33",
          asks: "Testing on external data",
          author: "deno task evaluate on another data set",
        },
        {
          number: "34",
          asks: "Registration of a clinical trial",
          author: "the number, or that there is none",
        },
      ],
    },
    {
      title: "Results",
      items: [
        {
          number: "35",
          asks: "Numbers included and excluded",
          fact: several(FACTS.partitions, FACTS.selected),
        },
        { number: "36", asks: "Patients' characteristics in each set", fact: FACTS.demographics },
        {
          number: "37",
          asks: "Performance with uncertainty, in all sets",
          fact: several(FACTS.performance, FACTS.chosen),
        },
        {
          number: "38",
          asks: "Diagnostic performance and its precision",
          fact: several(FACTS.byLabel, FACTS.operating),
        },
        {
          number: "39",
          asks: "Analysis of failures",
          fact: several(FACTS.subgroups, FACTS.sets),
          author: "a look at wrong cases (test/predictions.csv, grad-cam/)",
        },
      ],
    },
    {
      title: "Discussion and other information",
      items: [
        { number: "40", asks: "Limitations", fact: FACTS.limits, author: "those of your study" },
        {
          number: "41",
          asks: "What it means for practice",
          author: "implications, without going beyond the figures",
        },
        {
          number: "42",
          asks: "Protocol or further technical details",
          fact: FACTS.code,
          author: "a protocol, if any",
        },
        {
          number: "43",
          asks: "Availability of software, model, data",
          fact: several(FACTS.code, FACTS.dataAvailable),
        },
        { number: "44", asks: "Funding and the funders' role", author: "funding" },
      ],
    },
  ],
};
