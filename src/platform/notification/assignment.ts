import { definedResources, type Resource, resourceOfTable } from '../../kernel/contract/resource.ts';

/** The record types whose records are given to somebody to do; by name. */
export const assignments = (): Resource[] =>
  definedResources()
    .filter((resource) => resource.assigned && resourceOfTable(resource.table) === resource)
    .toSorted((one, other) => one.name.localeCompare(other.name));

export const assignmentNamed = (wanted: string): Resource | undefined =>
  assignments().find(({ name }) => name === wanted);
