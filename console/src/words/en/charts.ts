// English words of charts.
export const charts = {
  asTable: 'As table',
  asChart: 'As chart',
  nothing: 'No messages in this period.',
  highest: (at: string, value: string) => `Highest at ${at} with ${value}.`,
};
