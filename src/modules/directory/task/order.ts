import { z } from 'zod';
import { type Route, route } from '../../../kernel/http/route.ts';
import { putInOrder } from './queries.ts';

const tasks_max = 200;

const order = z
  .strictObject({ ids: z.array(z.uuid()).min(1).max(tasks_max) })
  .refine(({ ids }) => new Set(ids).size === ids.length, { path: ['ids'], error: 'A task is listed twice' })
  .meta({ id: 'TaskOrder' });

const ordered = z
  .object({ data: z.array(z.object({ id: z.uuid(), position: z.int(), version: z.int() })) })
  .meta({ id: 'TasksInOrder' });

export const orderRoutes: Route[] = [
  route({
    method: 'PUT',
    path: '/api/v1/task-order',
    tag: 'Tasks',
    summary: 'Put tasks of a day in this order; those one may not change stay where they are',
    access: { resource: 'task', action: 'update' },
    body: order,
    response: ordered,
    handler: async (ctx, { body }) => ({ body: { data: await putInOrder(ctx, body.ids) } }),
  }),
];
