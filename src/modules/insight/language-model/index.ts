export type { Asker, Called, ModelServices } from './call.ts';
export { chat } from './chat.ts';
export { ModelTrouble } from './endpoint.ts';
export { languageModelJobs, languageModelSchedules } from './jobs.ts';
export { tokensLeft } from './queries.ts';
export { languageModelRoutes } from './routes.ts';
export { askerOf } from './service.ts';
