import { isUndecided } from './problem.ts';

const unanswered_ms = 3_000;

/**
 * Looks at what goes on in the background. Null, a while later, where the server did not answer: it goes on all the
 * same.
 */
export async function lookAgain<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (!isUndecided(error)) throw error;
    await new Promise((resolve) => setTimeout(resolve, unanswered_ms));
    return null;
  }
}
