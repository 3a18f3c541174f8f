import { type Route, route } from '../../kernel/http/route.ts';
import { configuration, processList } from './contract.ts';
import { listProcesses } from './queries.ts';
import { configurationOf, processesOf } from './service.ts';

const shared = { tag: 'Installation', access: 'operator', method: 'GET' } as const;

export const nodeRoutes: Route[] = [
  route({
    ...shared,
    path: '/api/v1/installation/processes',
    summary: 'Which processes run, where, and of which version',
    response: processList,
    handler: async (ctx) => ({ body: processesOf(await listProcesses(ctx)) }),
  }),
  route({
    ...shared,
    path: '/api/v1/installation/configuration',
    summary: 'Every setting, its value in each process, and where it came from; never a secret',
    response: configuration,
    handler: async (ctx) => ({ body: configurationOf(await listProcesses(ctx)) }),
  }),
];
