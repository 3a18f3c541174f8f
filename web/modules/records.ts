import { declareRecords } from '../record/definitions.ts';
import { company } from './directory/company/definition.ts';
import { contact } from './directory/contact/definition.ts';
import { deal } from './sales/deal/definition.ts';

declareRecords([contact, company, deal]);
