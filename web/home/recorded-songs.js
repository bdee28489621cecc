// @ts-check
/**
 * Songs that a network wrote: four verses chosen from the twenty songs in
 * checkpoints/lyrics/gene-lyrica-three/samples/songs.txt, as the lyrics page shows them. They play while no network is
 * loaded.
 */

export const RECORDED_SONGS = [
  `The elevator died in the hotel hall.
The sun was deep and wide.
At thirty there was six of us,
And all our names were tied`,
  `Well, people put them in the line
With flowers on the floor
They asked for kids, they stood as well
And nobody asked for more`,
  `I saw her at the clock at night
And I watched it at the wall
I had half a dime and a piece of blue
And I thought that I knew all`,
  `At four he said, “not me,” he said.
“There’s room in number two.”
He brought me coffee, he sang me up,
And two babies, till he knew`,
];
