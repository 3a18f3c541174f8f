import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const folder = fileURLToPath(new URL('../../web/dist/', import.meta.url));

/** Serves the built page; every address without a file is one of the page and gets index.html. */
export async function servePage(app: FastifyInstance): Promise<void> {
  if (!existsSync(`${folder}index.html`)) return;
  await app.register(fastifyStatic, {
    root: folder,
    serve: false,
    preCompressed: true,
    setHeaders: (reply, path) => {
      // Names under assets/ carry a hash of their content.
      reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}

export function sendPage(request: FastifyRequest, reply: FastifyReply): unknown {
  if (!existsSync(`${folder}index.html`)) {
    return reply
      .code(503)
      .type('text/plain; charset=utf-8')
      .send('The page is not built yet. Run "npm run build:web", or start with "npm start".');
  }
  const path = decodeURIComponent(request.url.split('?')[0]!);
  const isFile = /^\/[\w.@/-]+\.\w+$/.test(path) && !path.includes('..') && existsSync(folder + path.slice(1));
  // A file of an older version: the page asks to be reloaded on a 404, but not when it gets HTML as a script.
  if (!isFile && path.startsWith('/assets/'))
    return reply.code(404).type('text/plain; charset=utf-8').send('No such file.');
  return reply.sendFile(isFile ? path.slice(1) : 'index.html');
}
