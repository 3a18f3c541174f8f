import { currentScope } from '../usage/scope.ts';
import { shapeOf } from '../usage/shape.ts';
import { wordOf } from './in-span.ts';
import type { ActiveSpan, SpanAttributes } from './span.ts';

const statements_max = 1_000;
const text_characters_max = 1_000;

interface Described {
  name: string;
  attributes: SpanAttributes;
}

const described = new Map<string, Described>();

/** The span that the statements of the running code belong to; undefined when it is not recorded. */
export function recordedSpan(): ActiveSpan | undefined {
  const span = currentScope()?.span;
  return span?.sampled ? span : undefined;
}

/**
 * Records a statement that was sent at `began` and is answered now. Its values are not known here, and its literals are
 * left out.
 */
export function recordStatement(span: ActiveSpan, text: string, began: number, error?: unknown): void {
  const { name, attributes } = describe(text);
  span.child(name, began, {
    kind: 'client',
    attributes,
    ...(error !== undefined && { failed: wordOf(error) }),
  });
}

function describe(text: string): Described {
  const known = described.get(text);
  if (known) return known;
  const shape = shapeOf(text);
  const operation = operationOf(shape);
  const table = /\b(?:into|update|from)\s+(?:only\s+)?"?([a-z_][\w.]*)/i.exec(shape)?.[1];
  const name = table ? `${operation} ${table}` : operation;
  const made: Described = {
    name,
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.query.summary': name,
      'db.query.text': shape.slice(0, text_characters_max),
    },
  };
  if (described.size < statements_max) described.set(text, made);
  return made;
}

function operationOf(shape: string): string {
  const first = /^\W*(\w+)/.exec(shape)?.[1]?.toLowerCase() ?? 'statement';
  if (first !== 'with') return first;
  return /\b(insert into|update|delete from)\b/i.exec(shape)?.[1]?.split(' ')[0]?.toLowerCase() ?? 'select';
}
