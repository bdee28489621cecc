// @ts-check
/**
 * Songs that a network wrote: four verses chosen from the twenty songs in
 * checkpoints/lyrics/gene-lyrica-three/samples/songs.txt, as the lyrics page shows them. They play while no network is
 * loaded.
 */

export const RECORDED_SONGS = [
  `The elevator stood in there
With bags and seats and knees.
The people asked him, “how are you?”
And counted us to three.`,
  `And he sleeps on the kitchen wall
With a cup of tea.
He has one eye left, he has one tail,
And he sits there with me.`,
  `He sat in the aisle and he danced with the ham,
He ate it with bread and a slice of cheese.
He ate one banana and he ate the bread,
And he ate the bread, and he ate it with peas.`,
  `The river went out and the hill was too steep,
And you held the wheel with your feet in the air.
It ran to the bay and it turned up the wall,
And it came up with a card like a rusty bear.`,
];
