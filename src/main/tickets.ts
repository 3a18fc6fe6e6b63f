// Finds the campaign of a ticket of any dialect. Used by the operator's commands.
import { readLegacyTicket } from '#dialects/octopush/legacy/response.ts';
import { readRestTicket } from '#dialects/octopush/rest/ticket.ts';

/** Returns the campaign's id, or null if no dialect writes such a ticket. */
export function readTicket(ticket: string): number | null {
  return readLegacyTicket(ticket) ?? readRestTicket(ticket);
}
