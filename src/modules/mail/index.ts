export { germanOfAliases } from './mailbox/index.ts';
export { refreshConversations } from './message/index.ts';
