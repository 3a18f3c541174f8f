import { crudRoutes } from '../../http/crud.ts';
import { role } from './contract.ts';
import { roleRules } from './service.ts';

export const roleRoutes = crudRoutes(role, roleRules);
