import { idParams } from '../../../kernel/contract/resource.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import { contact } from '../contact/contract.ts';
import { positionCreate, positionParams, positionUpdate } from './contract.ts';
import { addPosition, changePosition, removePosition } from './service.ts';

export { positionExported, positionsJoin } from './columns.ts';
export { keepMainPositions } from './queries.ts';

const base = '/api/v1/contacts/{id}/positions';
const about = { tag: 'Contacts', access: { resource: 'contact', action: 'update' }, response: contact.row } as const;
const answer = (row: Values) => ({ body: row, version: row.version as number });

/** All of them answer the contact. */
export const routes: Route[] = [
  route({
    ...about,
    method: 'POST',
    path: base,
    summary: 'Give a contact a position at a company',
    params: idParams,
    heedsIfMatch: true,
    body: positionCreate,
    handler: async (ctx, { params, body, ifMatch }) => answer(await addPosition(ctx, params.id, body, ifMatch)),
  }),
  route({
    ...about,
    method: 'PATCH',
    path: `${base}/{position_id}`,
    summary: 'Change a position of a contact',
    params: positionParams,
    heedsIfMatch: true,
    body: positionUpdate,
    handler: async (ctx, { params, body, ifMatch }) =>
      answer(await changePosition(ctx, params.id, params.position_id, body, ifMatch)),
  }),
  route({
    ...about,
    method: 'DELETE',
    path: `${base}/{position_id}`,
    summary: 'Take a position from a contact',
    params: positionParams,
    heedsIfMatch: true,
    handler: async (ctx, { params, ifMatch }) =>
      answer(await removePosition(ctx, params.id, params.position_id, ifMatch)),
  }),
];
