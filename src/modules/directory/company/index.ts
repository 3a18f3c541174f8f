import { crudRoutes } from '../../../kernel/http/crud.ts';
import { company } from './contract.ts';

export const routes = crudRoutes(company, { gathers: true });
