import { z } from 'zod';
import { bulk_rows_max, createdRow, idParams, listOf, listQueryOf, type Resource } from '../contract/resource.ts';
import type { StateMachine } from '../contract/state-machine.ts';
import { listRows } from '../resource/list.ts';
import { reverseRow } from '../resource/reversal.ts';
import { giveNames, mayUseNames, prepareNames } from '../resource/sealed-names/prepared.ts';
import {
  createRows,
  deleteRow,
  type ErrorPath,
  getRow,
  itemPath,
  restoreRow,
  rootPath,
  updateRow,
  type Values,
} from '../resource/store.ts';
import { readTransitions, transitionRow } from '../resource/transition.ts';
import type { Context } from '../tenancy/context.ts';
import { namingDuplicate } from './bulk-duplicate.ts';
import { type Route, route } from './route.ts';

/** Rules of a record type that its fields alone do not express. Each may change the input or throw a Problem. */
export interface CrudRules {
  /**
   * The response cache holds lists and records of this type until one of these tags changes: resources of the audit
   * trail.
   */
  cacheTags?: readonly string[];
  beforeCreate?: (ctx: Context, inputs: Values[], errorPath: ErrorPath) => Promise<Values[]>;
  /** Replaces the insert, for a record type that is created with others. Returns the rows as the API shows them. */
  create?: (ctx: Context, inputs: Values[], errorPath: ErrorPath) => Promise<Values[]>;
  beforeUpdate?: (ctx: Context, id: string, input: Values) => Promise<Values>;
  beforeDelete?: (ctx: Context, id: string) => Promise<void>;
}

/** How long a list waits for sealed names that it is ordered by. */
const names_wait_ms = 3_000;
const bulk_body_bytes_max = 8 * 1_048_576;
/** On average, of each record as many values as most types have fields. */
const bulk_body_values_max = bulk_rows_max * 60;

const tagOf = ({ plural }: Resource) => plural.replace(/-/g, ' ').replace(/^./, (c) => c.toUpperCase());

/**
 * The routes of every record type: list, read, create, create many, change, delete and, where there is a trash,
 * restore.
 */
export function crudRoutes(resource: Resource, rules: CrudRules = {}): Route[] {
  const base = `/api/v1/${resource.plural}`;
  const tag = tagOf(resource);
  const may = (action: 'read' | 'create' | 'update' | 'delete') => ({ resource: resource.right, action });
  const create = async (ctx: Context, inputs: Values[], errorPath: ErrorPath) => {
    const prepared = rules.beforeCreate ? await rules.beforeCreate(ctx, inputs, errorPath) : inputs;
    return rules.create ? rules.create(ctx, prepared, errorPath) : createRows(ctx, resource, prepared, {}, errorPath);
  };
  const created = createdRow(resource.row);
  const one = (body: Values) => ({ body, version: body.version as number });
  const routes = [
    route({
      method: 'GET',
      path: base,
      tag,
      summary: `List ${resource.plural}`,
      access: may('read'),
      query: listQueryOf(resource),
      response: listOf(resource.row),
      cacheTags: rules.cacheTags,
      prepare: async (bare, { query }) => {
        const names = mayUseNames(resource, query) ? await prepareNames(bare, names_wait_ms) : undefined;
        return async (ctx) => {
          if (names) giveNames(ctx, names);
          return { body: await listRows(ctx, resource, query) };
        };
      },
    }),
    route({
      method: 'GET',
      path: `${base}/{id}`,
      tag,
      summary: `Read a ${resource.title}`,
      access: may('read'),
      params: idParams,
      response: resource.row,
      cacheTags: rules.cacheTags,
      handler: async (ctx, { params }) => one(await getRow(ctx, resource, params.id)),
    }),
    route({
      method: 'POST',
      path: base,
      tag,
      summary: `Create a ${resource.title}`,
      access: may('create'),
      body: resource.create,
      response: created,
      handler: async (ctx, { body }) => {
        const [row] = await create(ctx, [body], rootPath);
        return { ...one(row!), headers: { location: `${base}/${row!.id}` } };
      },
    }),
    route({
      method: 'POST',
      path: `${base}/bulk`,
      tag,
      summary: `Create up to ${bulk_rows_max} ${resource.plural}`,
      access: may('create'),
      bodyBytesMax: bulk_body_bytes_max,
      bodyValuesMax: bulk_body_values_max,
      body: z.strictObject({ data: z.array(resource.create).min(1).max(bulk_rows_max) }),
      response: z.object({ data: z.array(created) }),
      handler: async (ctx, { body }) => {
        const data = await create(ctx, body.data, itemPath).catch(async (error) => {
          throw await namingDuplicate(ctx, resource, body.data, error);
        });
        return { body: { data } };
      },
    }),
    route({
      method: 'PATCH',
      path: `${base}/{id}`,
      tag,
      summary: `Change a ${resource.title}`,
      access: may('update'),
      params: idParams,
      heedsIfMatch: true,
      body: resource.update,
      response: resource.row,
      handler: async (ctx, { params, body, ifMatch }) => {
        const input = rules.beforeUpdate ? await rules.beforeUpdate(ctx, params.id, body) : body;
        return one(await updateRow(ctx, resource, params.id, input, ifMatch));
      },
    }),
    route({
      method: 'DELETE',
      path: `${base}/{id}`,
      tag,
      summary: resource.trash ? `Move a ${resource.title} to the trash` : `Delete a ${resource.title}`,
      access: may('delete'),
      params: idParams,
      heedsIfMatch: true,
      handler: async (ctx, { params, ifMatch }) => {
        await rules.beforeDelete?.(ctx, params.id);
        await deleteRow(ctx, resource, params.id, ifMatch);
        return {};
      },
    }),
  ];
  if (resource.appendOnly)
    return [...routes.filter(({ method }) => method === 'GET' || method === 'POST'), reversalRoute(resource)];
  if (resource.states) routes.push(...transitionRoutes(resource, resource.states, rules));
  if (!resource.trash) return routes;
  return [
    ...routes,
    route({
      method: 'POST',
      path: `${base}/{id}/restoration`,
      tag,
      summary: `Take a ${resource.title} back from the trash`,
      access: may('delete'),
      params: idParams,
      response: resource.row,
      status: 200,
      handler: async (ctx, { params }) => one(await restoreRow(ctx, resource, params.id)),
    }),
  ];
}

/** Records that are only appended are corrected by a reversing record. */
const reversalRoute = (resource: Resource): Route =>
  route({
    method: 'POST',
    path: `/api/v1/${resource.plural}/{id}/reversal`,
    tag: tagOf(resource),
    summary: `Set off a ${resource.title} by a reversing one`,
    access: { resource: resource.right, action: 'create' },
    params: idParams,
    response: resource.row,
    handler: async (ctx, { params }) => {
      const body = await reverseRow(ctx, resource, params.id);
      return { body, headers: { location: `/api/v1/${resource.plural}/${body.id}` } };
    },
  });

const openTransition = z.object({
  name: z.string(),
  title: z.string(),
  to: z.string(),
  allowed: z.boolean().describe('Whether the role of the caller allows it'),
  missing: z.array(z.string()).describe('Fields that must be filled in first'),
});

/** A transition is a resource of its own. */
function transitionRoutes(resource: Resource, { transitions }: StateMachine, rules: CrudRules): Route[] {
  const path = `/api/v1/${resource.plural}/{id}/transitions`;
  const tag = tagOf(resource);
  const names = transitions.map(({ name }) => name) as [string, ...string[]];
  return [
    route({
      method: 'GET',
      path,
      tag,
      summary: `Which ways a ${resource.title} can go from its state`,
      access: { resource: resource.right, action: 'read' },
      params: idParams,
      response: z.object({ data: z.array(openTransition) }),
      handler: async (ctx, { params }) => ({ body: { data: await readTransitions(ctx, resource, params.id) } }),
    }),
    route({
      method: 'POST',
      path,
      tag,
      summary: `Take a ${resource.title} to another state`,
      access: { resource: resource.right, action: 'update' },
      params: idParams,
      heedsIfMatch: true,
      response: resource.row,
      status: 200,
      body: z.strictObject({ transition: z.enum(names), fields: resource.update.optional() }),
      handler: async (ctx, { params, body, ifMatch }) => {
        const fields =
          body.fields && rules.beforeUpdate ? await rules.beforeUpdate(ctx, params.id, body.fields) : body.fields;
        const row = await transitionRow(ctx, resource, params.id, { transition: body.transition, fields }, ifMatch);
        return { body: row, version: row.version as number };
      },
    }),
  ];
}
