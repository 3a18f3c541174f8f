import type { FastifyRequest } from 'fastify';
import { Problem, problems } from '../errors/problem.ts';
import type { Route } from './route.ts';

/** The methods that an address accepts, as in the Allow header; none for an address that does not exist. */
export type AllowedMethods = (path: string) => string[];

/** The address of a request without its query. */
export const pathOf = ({ url }: FastifyRequest): string => url.split('?')[0]!;

/** `/contacts/bulk` comes before `/contacts/{id}`, as in OpenAPI. */
const rank = (template: string): string =>
  template
    .split('/')
    .map((segment) => (segment.startsWith('{') ? '1' : '0'))
    .join('');

/** `isPage` recognises addresses without a route for which GET returns the page or one of its files. */
export function allowedMethods(routes: readonly Route[], isPage: (path: string) => boolean): AllowedMethods {
  const templates = [...Map.groupBy(routes, ({ path }) => path)]
    .sort(([a], [b]) => rank(a).localeCompare(rank(b)))
    .map(([path, group]) => ({
      pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
      methods: withImplied(group.map(({ method }) => method)),
    }));
  return (path) =>
    templates.find(({ pattern }) => pattern.test(path))?.methods ?? (isPage(path) ? withImplied(['GET']) : []);
}

const withImplied = (methods: readonly string[]): string[] => [
  ...methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)),
  'OPTIONS',
];

/** The problem of a request that no route accepts. */
export function refusedAddress(methods: readonly string[], method: string): Problem {
  if (methods.length === 0 || methods.includes(method)) return problems.notFound('address');
  const allow = methods.join(', ');
  return new Problem(405, 'method_not_allowed', 'This verb is not taken here', `This address takes ${allow}.`, {
    headers: { allow },
  });
}
