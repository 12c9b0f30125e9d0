import { display, type Shown } from "./show.ts";

/** An answer that is wrong for a reason that is known, and what to say of it. */
export interface KnownMistake {
  /** The answer that this mistake leads to. */
  answer: number;
  /** What was mistaken, and a hint. */
  why: string;
}

/** A question with one number for an answer, which is computed from what the notebook has. */
export interface Exercise<Context> {
  /** The right answer. */
  answer(context: Context): number;
  /** How far from it an answer may lie and be right. */
  within: number;
  /** Why it is right; told with a right answer alone. */
  why(context: Context): string;
  /** Wrong answers that tell what was mistaken; those that lie within `within` of the right one are passed over. */
  mistakes?(context: Context): readonly KnownMistake[];
}

/** What is said of an answer. */
export interface Verdict {
  /** Whether it is right; null where there is none yet. */
  right: boolean | null;
  /** What is said. */
  text: string;
}

/** Judges an answer: right or wrong, and why as far as that can be told. */
export function judgeAnswer<Context>(
  exercise: Exercise<Context>,
  { answer, context }: { answer: number | null; context: Context },
): Verdict {
  if (answer === null) {
    return { right: null, text: "No answer yet: write it in place of `null` and run the cell again." };
  }
  const right = exercise.answer(context);
  const isNear = (value: number) => Math.abs(answer - value) <= exercise.within;
  if (isNear(right)) return { right: true, text: `Right. ${exercise.why(context)}` };
  const wrong = (why: string): Verdict => ({ right: false, text: `Not yet. ${why}` });
  if (!Number.isFinite(answer)) return wrong(`${answer} is no number that could be measured.`);
  const known = exercise.mistakes?.(context).find((mistake) => isNear(mistake.answer));
  if (known !== undefined) return wrong(known.why);
  if (Math.abs(answer / 100 - right) <= exercise.within) {
    return wrong("That is in per cent; the question asks for a number from 0 to 1.");
  }
  return wrong(`It is too ${answer > right ? "high" : "low"}.`);
}

/**
 * Says below the cell whether the answer to an exercise is right, and why or why not. The exercises of the notebooks are
 * `EXERCISES`; an answer of null is none yet.
 *
 * @example
 * ```ts ignore
 * checkAnswer(EXERCISES.accuracyOfKept, { answer: 0.9, context: { counts, images: kept.length } });
 * ```
 */
export function checkAnswer<Context>(
  exercise: Exercise<Context>,
  given: { answer: number | null; context: Context },
): Shown {
  const { right, text } = judgeAnswer(exercise, given);
  const said = right === null ? text : `${right ? "✔" : "✘"} ${text}`;
  return { [display]: () => ({ "text/markdown": said, "text/plain": said }) };
}
