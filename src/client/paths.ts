/** Names one channel. */
export interface ChannelAddress {
  readonly model: string;
  readonly channel: string;
}

/** A text as one segment of a path. */
export const segment = encodeURIComponent;

/** The path of one channel. */
export const channelPath = ({ model, channel }: ChannelAddress): string =>
  `/v1/models/${segment(model)}/channels/${segment(channel)}`;

/** `path` with those fields of `query` that are there. */
export const withQuery = (
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? path : `${path}?${text}`;
};
