import { z } from 'zod';
import { idParams } from '../../kernel/contract/resource.ts';
import { crudRoutes } from '../../kernel/http/crud.ts';
import { route } from '../../kernel/http/route.ts';
import type { Values } from '../../kernel/resource/store.ts';
import { conversion, conversionPreview, conversionRequest, customField, fieldOrder, optionRename } from './contract.ts';
import { convertField, previewConversion, renameOption, takeConversionBack, viewConversion } from './conversion.ts';
import { checkChangedField, checkNewFields, orderFields, retire, takeBack } from './service.ts';

const base = '/api/v1/custom-fields';
const tag = 'Custom fields';
const access = { resource: 'custom_field', action: 'delete' } as const;
const mayChange = { resource: 'custom_field', action: 'update' } as const;

const kept = crudRoutes(customField, {
  cacheTags: ['custom_field'],
  beforeCreate: checkNewFields,
  beforeUpdate: checkChangedField,
}).filter(({ method }) => method !== 'DELETE');

const one = (body: Values) => ({ body, version: body.version as number });

export const routes = [
  ...kept,
  route({
    method: 'PUT',
    path: `/api/v1/custom-field-order`,
    tag,
    summary: 'Put the custom fields of a kind of record into an order',
    access: mayChange,
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
    heedsIfMatch: true,
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
    handler: async (ctx, { params }) => one(await takeBack(ctx, params.id)),
  }),
  route({
    method: 'POST',
    path: `${base}/{id}/conversion-previews`,
    tag,
    summary: 'What would become of the values of a custom field, had it another type',
    access: mayChange,
    params: idParams,
    body: conversionRequest,
    response: conversionPreview,
    status: 200,
    handler: async (ctx, { params, body }) => ({ body: await previewConversion(ctx, params.id, body) }),
  }),
  route({
    method: 'POST',
    path: `${base}/{id}/conversion`,
    tag,
    summary: 'Give a custom field another type, and its values the form of it',
    access: mayChange,
    params: idParams,
    heedsIfMatch: true,
    body: conversionRequest,
    response: customField.row,
    status: 200,
    handler: async (ctx, { params, body, ifMatch }) => one(await convertField(ctx, params.id, body, ifMatch)),
  }),
  route({
    method: 'POST',
    path: `${base}/{id}/option-renames`,
    tag,
    summary: 'Give an option of a custom field another name, in all records and stored filters',
    access: mayChange,
    params: idParams,
    heedsIfMatch: true,
    body: optionRename,
    response: customField.row,
    status: 200,
    handler: async (ctx, { params, body, ifMatch }) => one(await renameOption(ctx, params.id, body, ifMatch)),
  }),
  route({
    method: 'GET',
    path: `${base}/{id}/conversion`,
    tag,
    summary: 'The last conversion of a custom field, while it can be taken back',
    access: mayChange,
    params: idParams,
    response: z.object({ conversion: conversion.nullable() }),
    handler: async (ctx, { params }) => ({ body: { conversion: await viewConversion(ctx, params.id) } }),
  }),
  route({
    method: 'DELETE',
    path: `${base}/{id}/conversion`,
    tag,
    summary: 'Take the last conversion of a custom field back',
    access: mayChange,
    params: idParams,
    heedsIfMatch: true,
    response: customField.row,
    handler: async (ctx, { params, ifMatch }) => one(await takeConversionBack(ctx, params.id, ifMatch)),
  }),
];
