import { z } from 'zod';
import type { ResourceName } from '../access/rights.ts';
import type { FieldType } from '../contract/fields.ts';
import { bulk_rows_max, idParams, listOf, listQuery, type Resource } from '../contract/resource.ts';
import { listRows } from '../resource/list.ts';
import {
  createRows,
  deleteRow,
  type ErrorPath,
  getRow,
  itemPath,
  restoreRow,
  rootPath,
  updateRow,
  updateRows,
  type Values,
} from '../resource/store.ts';
import type { Context } from '../tenancy/context.ts';
import { type Route, route } from './route.ts';

/** Rules of a noun that its fields alone do not say. Each may change the input or throw a Problem. */
export interface CrudRules {
  /** Lists and records are kept for their callers; of what they are made, by the names of the audit. */
  cacheTags?: readonly string[];
  beforeCreate?: (ctx: Context, inputs: Values[], errorPath: ErrorPath) => Promise<Values[]>;
  /** In place of storing the rows, for a noun that comes with others. Answers the rows as the API shows them. */
  create?: (ctx: Context, inputs: Values[], errorPath: ErrorPath) => Promise<Values[]>;
  beforeUpdate?: (ctx: Context, id: string, input: Values) => Promise<Values>;
  beforeDelete?: (ctx: Context, id: string) => Promise<void>;
  /** Many of these are written at once: what one caller, or people with the same rights, send meanwhile is done in one transaction. For nouns whose changes change no others. */
  gathers?: true;
}

/** What fields of any noun, the tenant's own too, may name. */
const named: readonly ResourceName[] = ['user', 'contact', 'company', 'deal'];

const bulk_body_bytes_max = 8 * 1_048_576;

/** The routes every noun has: list, read, create, create many, change, delete and, where there is a trash, restore. */
export function crudRoutes(resource: Resource, rules: CrudRules = {}): Route[] {
  const base = `/api/v1/${resource.plural}`;
  const tag = resource.plural.replace(/-/g, ' ').replace(/^./, (c) => c.toUpperCase());
  const may = (action: 'read' | 'create' | 'update' | 'delete') => ({ resource: resource.right, action });
  const create = async (ctx: Context, inputs: Values[], errorPath: ErrorPath) => {
    const prepared = rules.beforeCreate ? await rules.beforeCreate(ctx, inputs, errorPath) : inputs;
    return rules.create ? rules.create(ctx, prepared, errorPath) : createRows(ctx, resource, prepared, {}, errorPath);
  };
  const one = (body: Values) => ({ body, version: body.version as number });
  const made = (row: Values) => ({ ...one(row), headers: { location: `${base}/${row.id}` } });
  const routes = [
    route({
      method: 'GET', path: base, tag, summary: `List ${resource.plural}`, access: may('read'), query: listQuery, response: listOf(resource.row), cacheTags: rules.cacheTags,
      handler: async (ctx, { query }) => ({ body: await listRows(ctx, resource, query) }),
    }),
    route({
      method: 'GET', path: `${base}/{id}`, tag, summary: `Read a ${resource.title}`, access: may('read'), params: idParams, response: resource.row, cacheTags: rules.cacheTags,
      handler: async (ctx, { params }) => one(await getRow(ctx, resource, params.id)),
    }),
    route({
      method: 'POST', path: base, tag, summary: `Create a ${resource.title}`, access: may('create'), body: resource.create, response: resource.row,
      handler: async (ctx, { body }) => made((await create(ctx, [body], rootPath))[0]!),
      together: rules.gathers && {
        reaches: [resource.right, ...named],
        like: ({ body }) => batchKey(resource, body),
        handler: async (ctx, inputs) => (await create(ctx, inputs.map(({ body }) => body), rootPath)).map(made),
      },
    }),
    route({
      method: 'POST', path: `${base}/bulk`, tag, summary: `Create up to ${bulk_rows_max} ${resource.plural}`, access: may('create'), bodyBytesMax: bulk_body_bytes_max,
      body: z.strictObject({ data: z.array(resource.create).min(1).max(bulk_rows_max) }), response: z.object({ data: z.array(resource.row) }),
      handler: async (ctx, { body }) => ({ body: { data: await create(ctx, body.data, itemPath) } }),
    }),
    route({
      method: 'PATCH', path: `${base}/{id}`, tag, summary: `Change a ${resource.title}`, access: may('update'), params: idParams, body: resource.update, response: resource.row,
      handler: async (ctx, { params, body, ifMatch }) => {
        const input = rules.beforeUpdate ? await rules.beforeUpdate(ctx, params.id, body) : body;
        return one(await updateRow(ctx, resource, params.id, input, ifMatch));
      },
      together: rules.gathers && {
        reaches: [resource.right, ...named],
        like: ({ body }) => (rules.beforeUpdate ? undefined : batchKey(resource, body)),
        handler: async (ctx, inputs) => {
          const changes = inputs.map(({ params, body, ifMatch }) => ({ id: params.id, input: body, version: ifMatch }));
          return (await updateRows(ctx, resource, changes)).map(one);
        },
      },
    }),
    route({
      method: 'DELETE', path: `${base}/{id}`, tag, summary: resource.trash ? `Move a ${resource.title} to the trash` : `Delete a ${resource.title}`, access: may('delete'), params: idParams,
      handler: async (ctx, { params, ifMatch }) => {
        await rules.beforeDelete?.(ctx, params.id);
        await deleteRow(ctx, resource, params.id, ifMatch);
        return {};
      },
    }),
  ]; // biome-ignore format: one line of facts, then the handler
  if (!resource.trash) return routes;
  return [
    ...routes,
    route({
      method: 'POST', path: `${base}/{id}/restoration`, tag, summary: `Take a ${resource.title} back from the trash`, access: may('delete'), params: idParams, response: resource.row, status: 200,
      handler: async (ctx, { params }) => one(await restoreRow(ctx, resource, params.id)),
    }),
  ]; // biome-ignore format: one line of facts, then the handler
}

/** What takes more than the record's own row to write. */
const unbatchable: ReadonlySet<FieldType | undefined> = new Set(['tags', 'nested', 'money', 'currency', undefined]);

/** Whose statements are the same: those that say the same fields, all of the record's own row. */
function batchKey({ meta }: Resource, input: Values): string | undefined {
  const names = Object.keys(input).filter((name) => input[name] !== undefined);
  if (names.length === 0 || names.some((name) => unbatchable.has(meta.get(name)?.type))) return undefined;
  return names.sort().join();
}
