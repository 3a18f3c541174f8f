import { type Route, route } from '../http/route.ts';
import { readTenantFields } from '../resource/custom.ts';
import { docsPage, docsStyle } from './docs-page.ts';
import { openApiDocument } from './openapi.ts';
import { workspaceDocument } from './workspace.ts';

/** The document is made from all routes, so it is told of them late and made when first asked for. */
export function openApiRoutes(allRoutes: () => Route[], version: string): Route[] {
  let made: Record<string, unknown> | undefined;
  const document = () => {
    made ??= openApiDocument(allRoutes(), version);
    return made;
  };
  const shared = { method: 'GET', access: 'public', tag: 'API' } as const;
  return [
    route({
      ...shared,
      transaction: false,
      path: '/api/openapi.json',
      summary: 'This API as OpenAPI 3.1',
      status: 200,
      handler: async () => ({ body: document() }),
    }),
    route({
      ...shared,
      access: 'signed_in',
      path: '/api/v1/openapi.json',
      summary: "This API as OpenAPI 3.1, with the workspace's own fields that the caller may see",
      status: 200,
      handler: async (ctx) => ({ body: workspaceDocument(document(), await readTenantFields(ctx)) }),
    }),
    route({
      ...shared,
      transaction: false,
      path: '/api/docs',
      summary: 'This API as a page',
      status: 200,
      handler: async (_, { reply }) => {
        reply.type('text/html; charset=utf-8').send(docsPage(document()));
        return reply;
      },
    }),
    route({
      ...shared,
      transaction: false,
      path: '/api/docs.css',
      summary: 'The style of that page',
      status: 200,
      handler: async (_, { reply }) => {
        reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=3600').send(docsStyle);
        return reply;
      },
    }),
  ];
}
