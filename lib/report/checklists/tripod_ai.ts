import { FACTS, several } from "./_facts.ts";
import type { Checklist } from "./item.ts";

/** The items of TRIPOD+AI, with what a run says for each. */
export const TRIPOD_AI: Checklist = {
  title: "TRIPOD+AI",
  reference:
    "Collins et al., TRIPOD+AI statement: updated guidance for reporting clinical prediction models that use " +
    "regression or machine learning methods, BMJ 385, e078378, 2024",
  checked:
    "Numbers and subjects of all 52 items agree with a second-hand transcription (Aperivue/medsci-skills on GitHub, " +
    "TRIPOD_AI.md, which says in a later version that it was compared with the statement's supplements); the statement itself " +
    "was not read for this file",
  sections: [
    {
      title: "Title and abstract",
      items: [
        {
          number: "1",
          asks: "The title names development or evaluation, population and outcome",
          fact: FACTS.kind,
          author: "the title",
        },
        { number: "2", asks: "The abstract follows TRIPOD+AI for abstracts", author: "the abstract" },
      ],
    },
    {
      title: "Introduction",
      items: [
        { number: "3a", asks: "Context in health care, why a model, which there are", author: "context" },
        { number: "3b", asks: "For whom, where in care, by which users", author: "intended use" },
        { number: "3c", asks: "Known inequalities between groups of people", author: "inequalities" },
        { number: "4", asks: "Objectives: development, evaluation or both", author: "objectives" },
      ],
    },
    {
      title: "Methods: data and participants",
      items: [
        { number: "5a", asks: "Sources of data, for development and evaluation apart", fact: FACTS.source },
        { number: "5b", asks: "Dates of the data", author: "from when to when images were taken" },
        {
          number: "6a",
          asks: "Setting, number and place of centres",
          fact: FACTS.source,
          author: "the setting",
        },
        {
          number: "6b",
          asks: "Who was eligible",
          fact: FACTS.selected,
          author: "as the data's makers chose",
        },
        {
          number: "6c",
          asks: "Treatments",
          author: "drains, lines, devices: treated findings are labelled too",
        },
        {
          number: "7",
          asks: "Preparation and quality checks of data, alike for all groups",
          fact: FACTS.preprocessing,
        },
      ],
    },
    {
      title: "Methods: outcome and predictors",
      items: [
        { number: "8a", asks: "The outcome, how and when it was assessed", fact: FACTS.reference },
        { number: "8b", asks: "Who assessed it, where judgement was needed", author: "the assessors" },
        { number: "8c", asks: "Blinding of that assessment", author: "what the assessors knew" },
        {
          number: "9a",
          asks: "Choice of predictors",
          fact: () => "The image's pixels alone; no clinical data.",
        },
        { number: "9b", asks: "Definition and measurement of predictors", fact: FACTS.preprocessing },
        {
          number: "9c",
          asks: "Who measured them, where judgement was needed",
          fact: () => "No judgement was needed.",
        },
      ],
    },
    {
      title: "Methods: sample size and missing data",
      items: [
        {
          number: "10",
          asks: "Sample size, for development and evaluation apart",
          fact: several(FACTS.partitions, FACTS.numbers),
          author: "how it was arrived at",
        },
        { number: "11", asks: "Missing data", fact: FACTS.missing },
      ],
    },
    {
      title: "Methods: analysis",
      items: [
        {
          number: "12a",
          asks: "Use of the data: sets, and overlaps",
          fact: several(FACTS.partitions, FACTS.disjoint),
        },
        { number: "12b", asks: "How predictors enter the analysis", fact: FACTS.preprocessing },
        {
          number: "12c",
          asks: "Type of model, building, tuning, internal validation",
          fact: several(FACTS.model, FACTS.training, FACTS.selection),
          author: "what other settings were tried before this run",
        },
        {
          number: "12d",
          asks: "Heterogeneity between clusters",
          author: "hospitals, where there is more than one",
        },
        { number: "12e", asks: "Measures and plots of performance", fact: FACTS.measures },
        { number: "12f", asks: "Updating of the model, such as recalibration", fact: FACTS.calibrated },
        { number: "12g", asks: "How predictions were worked out in evaluation", fact: FACTS.outputs },
        { number: "13", asks: "Class imbalance", fact: FACTS.imbalance },
        {
          number: "14",
          asks: "Fairness: approaches and why",
          fact: FACTS.subgroups,
          author: "which groups matter, and why",
        },
        { number: "15", asks: "Output of the model, thresholds", fact: FACTS.outputs },
        {
          number: "16",
          asks: "Differences between development and evaluation data",
          fact: FACTS.demographics,
          author: "differences in setting and outcome",
        },
        {
          number: "17",
          asks: "Ethical approval and consent",
          author: "the committee, or why none was needed",
        },
      ],
    },
    {
      title: "Open science and involvement of the public",
      items: [
        { number: "18a", asks: "Funding", author: "funding" },
        { number: "18b", asks: "Conflicts of interest", author: "conflicts of interest" },
        { number: "18c", asks: "Protocol", author: "where it is, or that there is none" },
        { number: "18d", asks: "Registration", author: "the register, or that there is none" },
        { number: "18e", asks: "Availability of data", fact: FACTS.dataAvailable, author: "terms of use" },
        { number: "18f", asks: "Availability of code", fact: FACTS.code },
        { number: "19", asks: "Involvement of patients and the public", author: "any, or none" },
      ],
    },
    {
      title: "Results",
      items: [
        { number: "20a", asks: "Flow of participants", fact: FACTS.partitions, author: "a diagram" },
        { number: "20b", asks: "Characteristics, by source", fact: FACTS.demographics },
        { number: "20c", asks: "Evaluation data beside development data", fact: FACTS.demographics },
        {
          number: "21",
          asks: "Participants and events in each analysis",
          fact: several(FACTS.trainingNumbers, FACTS.numbers),
        },
        { number: "22", asks: "The whole model, for others to use", fact: several(FACTS.model, FACTS.code) },
        {
          number: "23a",
          asks: "Performance with intervals, subgroups too",
          fact: several(FACTS.performance, FACTS.operating, FACTS.subgroups, FACTS.decisions),
        },
        { number: "23b", asks: "Heterogeneity of performance between clusters", author: "as 12d" },
        { number: "24", asks: "Results of updating", fact: FACTS.calibrated },
      ],
    },
    {
      title: "Discussion",
      items: [
        { number: "25", asks: "Interpretation, fairness included", author: "interpretation" },
        {
          number: "26",
          asks: "Limitations",
          fact: several(FACTS.limits, FACTS.baseline, FACTS.restsOn),
          author: "those of your study",
        },
        {
          number: "27a",
          asks: "Poor or missing input in use",
          fact: () =>
            "deno task predict warns of images that are unlike the validation set's, and predicts all the same.",
        },
        { number: "27b", asks: "What users have to do and to know", author: "users' part" },
        { number: "27c", asks: "Next steps; where it may hold", author: "next steps" },
      ],
    },
  ],
};
