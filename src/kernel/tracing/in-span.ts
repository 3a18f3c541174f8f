import { currentScope } from '../usage/scope.ts';
import type { SpanAttributes } from './span.ts';

/** A word for an error that says nothing of what it was about: SQLSTATE, the code of a system call, or the class. */
export function wordOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const word = typeof code === 'string' || typeof code === 'number' ? String(code) : name;
  return typeof word === 'string' && /^\w{1,60}$/.test(word) ? word : 'error';
}

/** Runs `work` as a span of its own, a child of what runs. */
export async function inSpan<Result>(
  name: string,
  attributes: SpanAttributes,
  work: () => Promise<Result>,
): Promise<Result> {
  const parent = currentScope()?.span;
  if (!parent?.sampled) return work();
  const began = performance.now();
  try {
    const result = await work();
    parent.child(name, began, { kind: 'client', attributes });
    return result;
  } catch (error) {
    parent.child(name, began, { kind: 'client', attributes, failed: wordOf(error) });
    throw error;
  }
}
