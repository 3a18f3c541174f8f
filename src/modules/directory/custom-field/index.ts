import { idParams } from '../../../kernel/contract/resource.ts';
import { crudRoutes } from '../../../kernel/http/crud.ts';
import { route } from '../../../kernel/http/route.ts';
import { customField, fieldOrder } from './contract.ts';
import { checkChangedField, checkNewFields, orderFields, retire, takeBack } from './service.ts';

const base = '/api/v1/custom-fields';
const tag = 'Custom fields';
const access = { resource: 'custom_field', action: 'delete' } as const;

const kept = crudRoutes(customField, {
  beforeCreate: checkNewFields,
  beforeUpdate: checkChangedField,
}).filter(({ method }) => method !== 'DELETE');

export const routes = [
  ...kept,
  route({
    method: 'PUT',
    path: `/api/v1/custom-field-order`,
    tag,
    summary: 'Put the custom fields of a kind of record into an order',
    access: { resource: 'custom_field', action: 'update' },
    body: fieldOrder,
    handler: async (ctx, { body }) => {
      await orderFields(ctx, body);
      return {};
    },
  }),
  route({
    method: 'DELETE',
    path: `${base}/{id}`,
    tag,
    summary: 'Retire a custom field; the values that records hold are kept',
    access,
    params: idParams,
    handler: async (ctx, { params, ifMatch }) => {
      await retire(ctx, params.id, ifMatch);
      return {};
    },
  }),
  route({
    method: 'POST',
    path: `${base}/{id}/restoration`,
    tag,
    summary: 'Take a retired custom field back into use',
    access,
    params: idParams,
    response: customField.row,
    status: 200,
    handler: async (ctx, { params }) => {
      const body = await takeBack(ctx, params.id);
      return { body, version: body.version as number };
    },
  }),
];
