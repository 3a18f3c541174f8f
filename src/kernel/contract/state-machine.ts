import type { Action } from '../access/rights.ts';
import type { FieldMeta } from './fields.ts';

/** A way from one state of a record to another. */
export interface Transition {
  /** The verb, by which requests ask for it and the audit trail names it: `approve`. */
  name: string;
  /** As people read it: "Approve". */
  title: string;
  from: readonly string[];
  to: string;
  /**
   * Needed beside the right to change the record. Of a right that any module declares; the page has contracts without
   * these modules.
   */
  right?: { resource: string; action: Action };
  /** Fields that must have a value by then. */
  required?: readonly string[];
}

/**
 * The states of a record type, and every way from one to another: there is no other, through the API or in the
 * database.
 */
export interface StateMachine {
  /** The field that holds the state: one of its values, which no request sets. */
  field: string;
  /** The state of a new record. */
  initial: string;
  transitions: readonly Transition[];
}

/** Refuses a declaration that says something twice or names what is not there. */
export function checkStateMachine(
  resource: string,
  { field, initial, transitions }: StateMachine,
  meta: ReadonlyMap<string, FieldMeta>,
): void {
  const fail = (what: string) => {
    throw new Error(`The states of ${resource}: ${what}`);
  };
  const states = new Set(meta.get(field)?.values);
  if (states.size === 0 || !meta.get(field)?.readOnly) fail(`"${field}" is no read-only field with values`);
  if (!states.has(initial)) fail(`there is no state "${initial}"`);
  const names = new Set<string>();
  const ways = new Set<string>();
  for (const { name, from, to, required = [] } of transitions) {
    // These are what the audit trail calls changes of every record.
    if (!/^[a-z][a-z_]*$/.test(name) || ['create', 'update', 'delete', 'merge', 'signal'].includes(name))
      fail(`"${name}" cannot be the name of a transition`);
    if (names.has(name)) fail(`"${name}" is declared twice`);
    names.add(name);
    for (const state of [...from, to]) if (!states.has(state)) fail(`there is no state "${state}"`);
    for (const state of from) {
      if (state === to || ways.has(`${state}>${to}`)) fail(`from "${state}" to "${to}" there is another way already`);
      ways.add(`${state}>${to}`);
    }
    for (const one of required) if (!meta.has(one)) fail(`there is no field "${one}"`);
  }
}

/** The transition that leads from one state to another; there is one at most. */
export const transitionBetween = ({ transitions }: StateMachine, was: unknown, is: unknown): Transition | undefined =>
  transitions.find(({ from, to }) => to === is && from.some((state) => state === was));
