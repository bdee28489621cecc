"""preview.html shows what a network generates during training."""

from train.core.preview import MAX_SAMPLES, Preview
from train.core.run import Run


def preview_of(folder, epochs, loss=lambda epoch: 10 / epoch):
    (folder / "samples").mkdir(parents=True)
    history = []
    preview = Preview(Run(folder), history, "loss", lambda logs: f"loss {logs['loss']:.1f}")
    for epoch in range(1, epochs + 1):
        history.append({"epoch": epoch, "loss": loss(epoch)})
        (folder / "samples" / f"epoch-{epoch:03d}.txt").write_text(f"<song> & {epoch}")
        preview.on_epoch_end(epoch - 1)
    return preview


def test_it_reloads_itself_until_the_training_is_over(tmp_path):
    preview = preview_of(tmp_path / "<run>", 2)
    page = tmp_path / "<run>" / "preview.html"
    text = page.read_text()
    assert 'http-equiv="refresh"' in text and "training, epoch 2: loss 5.0" in text
    assert text.index("&lt;song&gt; &amp; 2") < text.index("&lt;song&gt; &amp; 1"), "newest first"
    assert "<h1>&lt;run&gt;</h1>" in text and 'points="0.0,4.0 640.0,156.0"' in text
    preview.write(is_finished=True)
    assert "http-equiv" not in page.read_text() and "finished, epoch 2" in page.read_text()


def test_it_says_which_epoch_is_kept(tmp_path):
    preview = preview_of(tmp_path / "run", 3, loss=lambda epoch: abs(epoch - 2))
    preview.write(is_finished=True)
    text = (tmp_path / "run" / "preview.html").read_text()
    assert "<p>finished, epoch 3: loss 1.0<br>kept: epoch 2: loss 0.0</p>" in text


def test_a_long_training_shows_its_latest_epochs(tmp_path):
    preview_of(tmp_path / "run", MAX_SAMPLES + 5)
    text = (tmp_path / "run" / "preview.html").read_text()
    assert text.count("<article>") == MAX_SAMPLES
    assert "epoch 045" in text and "epoch 005" not in text


def test_images_are_part_of_the_file(tmp_path):
    preview = preview_of(tmp_path / "run", 1)
    (tmp_path / "run" / "samples" / "epoch-002.webp").write_bytes(b"RIFF")
    preview.write(is_finished=True)
    text = (tmp_path / "run" / "preview.html").read_text()
    assert 'src="data:image/webp;base64,UklGRg=="' in text
