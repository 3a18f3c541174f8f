import { crudRoutes } from '../../../kernel/http/crud.ts';
import { closeReason } from './contract.ts';

export const routes = crudRoutes(closeReason, { cacheTags: ['close_reason'] });
