export { refreshConversations } from './message/index.ts';
