const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/gs;

/**
 * The first key that some object of `json` holds twice, or null. JSON.parse keeps the last of two equal keys
 * without a word while another reader keeps the first: signed bytes must not read differently in two places.
 * `json` must already have been parsed without error.
 */
export const duplicateKey = (json: string): string | null => {
  const open: (Set<string> | null)[] = [];
  let text = "";
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (token !== ":") text = token;
    else {
      const key: string = JSON.parse(text);
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return null;
};
