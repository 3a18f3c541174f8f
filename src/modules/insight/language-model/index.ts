export { type Asker, type Called, type ModelServices, tokensIn } from './call.ts';
export { chat } from './chat.ts';
export { isRefusal, type ModelVectors, modelVectors, modelVectorsPost } from './contract.ts';
export { ModelTrouble } from './endpoint.ts';
export { languageModelJobs, languageModelSchedules } from './jobs.ts';
export { confirmVectorModel, findSettings, tokensLeft } from './queries.ts';
export { languageModelRoutes } from './routes.ts';
export { askerOf, notConfigured } from './service.ts';
export { vectorsOf } from './vectors.ts';
