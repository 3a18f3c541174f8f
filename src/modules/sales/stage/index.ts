import { crudRoutes } from '../../../kernel/http/crud.ts';
import { stage } from './contract.ts';
import { checkStageChange, keepOneOfEachKind, prepareStages } from './service.ts';

export { allStages, type StageRow } from './queries.ts';

export const routes = crudRoutes(stage, {
  cacheTags: ['stage'],
  beforeCreate: prepareStages,
  beforeUpdate: checkStageChange,
  beforeDelete: keepOneOfEachKind,
});
