import { posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';
import type { FieldMeta } from '../../src/kernel/contract/fields.ts';
import type { Resource } from '../../src/kernel/contract/resource.ts';
import type { RecordContract } from '../platform/record/contractFields.ts';

const contract = /\/(?:src\/modules|test\/fixtures)\/.+\/contract\.ts$/;
const prefix = '\0record-contract:';

/**
 * The page wants to know of a record type which fields it has, of which kinds, and what they refer to; its contract
 * checks values with Zod as well, which the server does. So the build reads the contracts of record types, and the page
 * gets what they say without the schemas.
 */
export const recordContracts = (): Plugin => ({
  name: 'record-contracts',
  enforce: 'pre',
  async resolveId(source, importer) {
    if (!importer || importer.startsWith('\0') || !source.startsWith('.')) return null;
    const path = posix.join(posix.dirname(importer), source);
    if (!contract.test(path) || !/\/(?:web|page)\//.test(importer)) return null;
    return (await resourcesOf(path)).length > 0 ? prefix + path : null;
  },
  async load(id) {
    if (!id.startsWith(prefix)) return null;
    const path = id.slice(prefix.length);
    this.addWatchFile(path);
    const lines = (await resourcesOf(path)).map(([name, resource]) => `export const ${name} = ${spelled(resource)};`);
    return lines.join('\n');
  },
});

async function resourcesOf(path: string): Promise<[string, Resource][]> {
  const module: Record<string, unknown> = await import(pathToFileURL(path).href);
  return Object.entries(module).filter((entry): entry is [string, Resource] => isResource(entry[1]));
}

const isResource = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'meta' in value && value.meta instanceof Map && 'plural' in value;

function spelled(resource: Resource): string {
  const { meta, ...said } = resource;
  const fields = [...meta].map(([name, field]) => [name, picked(field, ofField)]);
  return `{ ...${JSON.stringify(picked(said, ofResource))}, meta: new Map(${JSON.stringify(fields)}) }`;
}

/**
 * What the page goes by (`RecordContract` and `ofContract` in web/platform/record/contractFields.ts); the rest is for
 * the server.
 */
const ofResource: ReadonlySet<string> = new Set<Exclude<keyof RecordContract, 'meta'>>([
  'name',
  'plural',
  'table',
  'right',
  'owner',
  'trash',
  'merges',
  'duplicateKeys',
  'attachable',
  'states',
  'appendOnly',
  'period',
  'highVolume',
  'byDegree',
]);
const ofField: ReadonlySet<string> = new Set<keyof FieldMeta>([
  'type',
  'title',
  'table',
  'expand',
  'currencyField',
  'values',
  'required',
  'readOnly',
  'createOnly',
  'filterable',
  'sortable',
  'showsFrom',
  'sealed',
]);

const picked = (object: object, keys: ReadonlySet<string>) =>
  Object.fromEntries(Object.entries(object).filter(([key, value]) => keys.has(key) && value !== false));
