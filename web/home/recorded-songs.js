// @ts-check
/**
 * Songs that a network wrote: four verses chosen from the twenty songs in
 * checkpoints/lyrics/gene-lyrica-three/samples/songs.txt, as the lyrics page shows them. They play while no network is
 * loaded.
 */

export const RECORDED_SONGS = [
  `In the snow, in the dark,
You are under the tree.
I am sleeping, my dear,
You are sleeping, I see`,
  `We slept in the dark and we played it a song,
And none of us hurried, and no one could wait.
So we climbed on the roof and it stood on the wall.
The mayor looked at me and turned up the plate`,
  `I’m old, I am, I am a hat,
I can’t have it in the sun.
I don’t need a word, and I don’t know how
I need my friend to run`,
  `At four he was six at a quarter to nine,
And he gave it a mop, and he gave me some tea.
He looked at the ceiling, he looked at the floor,
He looked at the banker, he looked at his knee`,
];
