import { crudRoutes } from '../../../kernel/http/crud.ts';
import { comment } from './contract.ts';
import { prepareChange, prepareComments } from './service.ts';

export const routes = crudRoutes(comment, { beforeCreate: prepareComments, beforeUpdate: prepareChange });
