import { declareRecords } from '../platform/record/definitions.ts';
import { company } from './directory/company/definition.ts';
import { contact } from './directory/contact/definition.ts';
import { deal } from './sales/deal/definition.ts';
import { companyWithSales, contactWithSales } from './sales/directory.ts';
import { product } from './sales/product/definition.ts';

/** The record types in the order of the navigation. */
declareRecords([
  contactWithSales(contact),
  companyWithSales(company),
  deal,
  product,
]); // biome-ignore format: a record type a line
