export { type ContactOfCard, cardOf, todayInUtc } from './contact-card.ts';
export { convertCards } from './convert.ts';
export { isCards } from './csv.ts';
export { nobody, type Person, type PersonAddress, personHeader, personLine } from './person.ts';
export { routes as cardRoutes } from './routes.ts';
export { writeCard } from './write.ts';
