import type { RecordDefinition, RecordResource } from './definition.ts';

const declared = new Map<string, RecordDefinition>();

/** The modules declare their nouns before the first page is drawn. */
export function declareRecords(definitions: readonly RecordDefinition[]): void {
  for (const definition of definitions) declared.set(definition.resource, definition);
}

export const isDeclared = (resource: string | undefined): resource is RecordResource => declared.has(resource ?? '');

export function definitionOf(resource: RecordResource): RecordDefinition {
  const definition = declared.get(resource);
  if (!definition) throw new Error(`No module declares ${resource}`);
  return definition;
}
