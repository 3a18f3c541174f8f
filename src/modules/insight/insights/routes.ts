import { type Route, route } from '../../../kernel/http/route.ts';
import type { Services } from '../../../kernel/services.ts';
import { answerInsight } from './answer.ts';
import { insightAnswer, insightAnswerPost, insightQuery, insights } from './contract.ts';
import { insightsOf } from './service.ts';

const tag = 'Insights';

export const insightRoutes = (services: Services): Route[] => [
  route({
    method: 'GET',
    path: '/api/v1/insights',
    tag,
    summary: 'What notes, activities and mail say about a record or in a conversation, each sentence with its source',
    access: 'signed_in',
    query: insightQuery,
    response: insights,
    handler: async (ctx, { query: { of, id } }) => ({ body: await insightsOf(ctx, of, id) }),
  }),
  route({
    method: 'POST',
    path: '/api/v1/insight-answers',
    tag,
    summary:
      'Ask the language model of the workspace about a record or conversation; where it gives no answer, the one by rules says why',
    access: 'signed_in',
    // A model takes up to a minute, and no transaction waits for it. Its quotas limit how often it is asked.
    transaction: false,
    body: insightAnswerPost,
    response: insightAnswer,
    status: 200,
    handler: async (bare, { body, request }) => ({ body: await answerInsight(services, bare, request, body) }),
  }),
];
