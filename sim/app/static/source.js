// Where answers come from: the server, or the file itself when there is none.

export class Gone extends Error {}

export async function ask(path, query, signal) {
  let answer;
  try {
    answer = await fetch(`/api/${path}?${query}`, { signal, headers: { accept: "application/json" } });
  } catch (error) {
    if (error.name === "AbortError") throw new Gone();
    throw error;
  }
  if (!answer.ok) throw new Error((await answer.text()).trim() || String(answer.status));
  try {
    return await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw new Gone();
    throw error;
  }
}

// Asks one thing at a time; of what comes in between only the last counts, so that the picture follows a hand.
export class Follower {
  constructor(work) {
    this.work = work;
    this.busy = false;
    this.next = null;
  }

  async want(wish) {
    this.next = wish;
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.next !== null) {
        const now = this.next;
        this.next = null;
        await this.work(now);
      }
    } finally {
      this.busy = false;
    }
  }
}

export function bytes(text) {
  const plain = atob(text);
  const made = new Uint8Array(plain.length);
  for (let i = 0; i < plain.length; i += 1) made[i] = plain.charCodeAt(i);
  return made;
}
