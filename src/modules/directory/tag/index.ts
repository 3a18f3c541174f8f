import { crudRoutes } from '../../../kernel/http/crud.ts';
import { tag } from './contract.ts';

export const routes = crudRoutes(tag, { cacheTags: ['tag'] });
