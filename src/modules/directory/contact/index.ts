import { crudRoutes } from '../../../kernel/http/crud.ts';
import { contact } from './contract.ts';

export const routes = crudRoutes(contact, { gathers: true });
