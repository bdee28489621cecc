"""The recipes of `python -m train.avatars`: named sets of flag values."""

DCGAN = dict(
    model="dcgan",
    latent=100,
    activation="tanh",
    batch_size=32,
    learning_rate=2e-4,
    base_learning_rate=2e-4,
    gradient_penalty=0.0,
    sigma=0.0,
    l1_weight=0.0,
    ema_decay=0.0,
    epochs=50,
    patience=50,
    min_steps=1,
    diff_augment=False,
    image_codes=False,
    init_from=None,
    detail_channels=[24, 24],
)
RELATIVISTIC = DCGAN | dict(
    model="relativistic",
    latent=32,
    learning_rate=8e-4,
    gradient_penalty=100.0,
    sigma=0.05,
    l1_weight=100.0,
    ema_decay=0.998,
)
FACES = RELATIVISTIC | dict(data="faces", channels=[64, 64, 48, 24])
RECIPES = {
    "faces": FACES,
    # Doubles the size of another run's faces, and adds transparency.
    "faces-128": FACES
    | dict(
        model="sub-pixel",
        batch_size=8,
        learning_rate=2e-3,
        l1_weight=10.0,
        epochs=22,
        patience=22,
        init_from="faces",
        detail_channels=[32, 32],
    ),
    # For 20 to 2,000 pictures. An epoch has at least min_steps steps, repeating the pictures.
    "few": FACES
    | dict(
        batch_size=16,
        ema_decay=0.995,
        epochs=20,
        patience=20,
        min_steps=100,
        diff_augment=True,
        image_codes=True,
        init_from="faces",
    ),
    "faces-dcgan": DCGAN | dict(data="faces", channels=[128, 64, 32, 16]),
    "ellipses-outline": DCGAN | dict(data="outline", channels=[128, 64, 32, 16], patience=20),
    # Nearly all pixels are black. With tanh, the output saturates at black and learning stops.
    "ellipses-white": RELATIVISTIC
    | dict(data="white", channels=[24, 24, 16, 8], activation="linear"),
    "ellipses-color": RELATIVISTIC | dict(data="color", channels=[24, 24, 16, 8]),
}
