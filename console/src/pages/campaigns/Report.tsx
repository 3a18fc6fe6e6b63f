// The report of a campaign.
export function Report() {
  return null;
}
