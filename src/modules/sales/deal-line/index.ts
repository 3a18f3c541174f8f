export { type LineInput, line } from './contract.ts';
export { routes } from './routes.ts';
export { putLines } from './service.ts';
