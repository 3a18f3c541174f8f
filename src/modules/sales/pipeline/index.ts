import { crudRoutes } from '../../../kernel/http/crud.ts';
import { pipeline } from './contract.ts';
import { createPipelines } from './service.ts';

export { ensurePipeline } from './service.ts';

export const routes = crudRoutes(pipeline, { create: createPipelines, cacheTags: ['pipeline', 'stage'] });
