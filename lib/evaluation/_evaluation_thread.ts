import { type EvaluationTask, type GivenFigures, runTask, type TaskResult } from "./metrics.ts";

/** What a thread is sent: first what all tasks work with, then tasks, each of which it answers with its result. */
export type ThreadMessage = { given: GivenFigures } | { task: EvaluationTask };

/** What it answers: the result, or the message of the error in its place. */
export type ThreadAnswer = { result: TaskResult } | { error: string };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<ThreadMessage>) => void;
  postMessage(answer: ThreadAnswer): void;
};

let given: GivenFigures;

scope.onmessage = ({ data }) => {
  if ("given" in data) {
    given = data.given;
    return;
  }
  try {
    scope.postMessage({ result: runTask(given, data.task) });
  } catch (error) {
    scope.postMessage({ error: (error as Error).message });
  }
};
