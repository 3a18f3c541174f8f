import type { StateMachine } from '../../../src/kernel/contract/state-machine.ts';

/** That a change of state can be taken back: where another way leads from the one to the other. */
export const leadsBack = ({ transitions }: StateMachine, from: unknown, to: unknown): boolean =>
  transitions.some((way) => way.to === from && way.from.some((state) => state === to));
