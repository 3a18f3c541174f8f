import { crudRoutes } from '../../../kernel/http/crud.ts';
import { product } from './contract.ts';

export const routes = crudRoutes(product, { cacheTags: ['product'] });
