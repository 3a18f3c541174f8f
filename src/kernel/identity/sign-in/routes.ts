import { type Route, route } from '../../http/route.ts';
import type { Services } from '../../services.ts';
import {
  linkSignIn,
  optionsQuery,
  passwordSignIn,
  secondFactorSignIn,
  signInAnswer,
  signInOptions as signInOptionsContract,
} from './contract.ts';
import { answerSignIn, signInOptions, signInWithLink, signInWithPassword, signInWithSecondFactor } from './service.ts';

const shared = { tag: 'Sign in', access: 'public', response: signInAnswer, status: 200 } as const;

export function signInRoutes(services: Services): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/sign-in/options',
      tag: 'Sign in',
      summary: 'Ways to sign in to a workspace',
      access: 'public',
      transaction: false,
      query: optionsQuery,
      response: signInOptionsContract,
      handler: async (_, { query }) => ({ body: await signInOptions(services, query.workspace) }),
    }),
    route({
      ...shared,
      transaction: false,
      method: 'POST',
      path: '/api/v1/sign-in',
      summary: 'Sign in with a password',
      body: passwordSignIn,
      handler: async (_, { body, request, reply }) =>
        answerSignIn(reply, await signInWithPassword(services, request, body)),
    }),
    route({
      ...shared,
      transaction: false,
      method: 'POST',
      path: '/api/v1/sign-in/second-factor',
      summary: 'Finish signing in with a code of the app or a recovery code',
      body: secondFactorSignIn,
      handler: async (_, { body, request, reply }) =>
        answerSignIn(reply, await signInWithSecondFactor(services, request, body)),
    }),
    route({
      ...shared,
      transaction: false,
      method: 'POST',
      path: '/api/v1/sign-in/link',
      summary: 'Sign in with a one-time link',
      body: linkSignIn,
      rateLimit: { name: 'sign-in-link', limit: 60, windowSeconds: 600 },
      handler: async (_, { body, request, reply }) =>
        answerSignIn(reply, await signInWithLink(services, request, body.token)),
    }),
  ];
}
