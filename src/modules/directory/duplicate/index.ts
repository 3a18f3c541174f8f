import type { DuplicateWay } from '../../../platform/duplicate/way/contract.ts';
import { companyWay } from './company-way.ts';
import { contactWay } from './contact-way.ts';

/** How the types of the directory are compared for duplicates. */
export const directoryWays: Readonly<Record<string, DuplicateWay>> = { contact: contactWay, company: companyWay };
