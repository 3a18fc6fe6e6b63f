// Finds the campaign that a customer names by the ticket of a dialect. Serves the operator's commands.
import { readLegacyTicket } from '#dialects/octopush/legacy/response.ts';
import { readRestTicket } from '#dialects/octopush/rest/ticket.ts';

/** The campaign's id, or null when no dialect writes such a ticket. */
export function readTicket(ticket: string): number | null {
  return readLegacyTicket(ticket) ?? readRestTicket(ticket);
}
