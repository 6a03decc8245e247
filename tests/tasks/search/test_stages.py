import numpy as np
import pytest

from shelfspace.encoders.transformer import TransformerTextEncoder
from shelfspace.errors import SpaceError
from shelfspace.tasks.match.tuned import TextModel
from shelfspace.tasks.search.judged import Judged
from shelfspace.tasks.search.learn import learn_ranking, look_all
from shelfspace.tasks.search.lesson import Lesson, cross_judge, tree_judge
from shelfspace.tasks.search.query_words import QueryWords
from shelfspace.tasks.search.ranking import Ranking
from shelfspace.tasks.search.signals import Looked, reader_of
from shelfspace.tasks.search.stages import CROSS_ARTIFACT, CrossJudge, Stage, TreeJudge
from shelfspace.tasks.search.weighing import Weighing
from shelfspace.training.tuning import Tuning

TOLD_ALONE = Weighing({"told": 1.0}, {"told": (0.0, 1.0)})


class Even:
    """A judge who likes products of even rows."""

    closer = 3

    def told(self, reader, texts, looked):
        return np.where(looked.rows[:, :3] % 2 == 0, 5.0, -5.0).astype(np.float32)


def looked_at(rows):
    rows = np.array(rows)
    return Looked(rows, np.zeros(rows.shape, np.float32), {"words": np.zeros(rows.shape, np.float32)})


def test_the_rest_comes_after_what_was_judged_in_its_own_order():
    looked = looked_at([[1, 4, 3, 8, 6, -1]])
    before = np.array([[0.9, 0.8, 0.7, 0.6, 0.5, -np.inf]], np.float32)
    scores = Stage(Even(), TOLD_ALONE).scored(None, ["any"], looked, before)
    assert scores[0, :3].tolist() == [-5, 5, -5]
    assert (np.diff(scores[0, 2:5]) < 0).all()
    assert scores[0, 3] < scores[0, :3].min()
    assert scores[0, 5] == -np.inf


def test_fewer_candidates_than_a_judge_looks_at():
    scores = Stage(Even(), TOLD_ALONE).scored(
        None, ["any"], looked_at([[2, -1]]), np.zeros((1, 2), np.float32)
    )
    assert scores.tolist() == [[5, -np.inf]]


@pytest.fixture(scope="module")
def lesson(shelf_space, lessons):
    reader, train = reader_of(shelf_space), lessons[0]
    looked = look_all(reader, train, QueryWords.none())
    return Lesson(train.texts, looked, train.gains(looked.rows))


@pytest.fixture(scope="module")
def text_model(tiny_bert):
    encoder = TransformerTextEncoder.from_pretrained(tiny_bert, precision="float32")
    return TextModel(encoder, Tuning(epochs=1, learning_rate=1e-3))


def test_a_cross_encoder_reads_query_and_listing(shelf_space, lesson, text_model):
    reader = reader_of(shelf_space)
    judge = cross_judge(reader, lesson, text_model)
    told = judge.told(reader, lesson.texts, lesson.looked)
    assert told.shape == (len(lesson.texts), judge.closer)
    assert np.isfinite(told).all()
    there = lesson.looked.rows[:, : judge.closer] >= 0
    assert (told[~there] == 0).all()
    listing = shelf_space.catalog.table["title"][int(lesson.looked.rows[0, 0])]
    assert told[0, 0] == pytest.approx(judge.cross.log_odds([lesson.texts[0]], [listing])[0], abs=1e-4)


def test_no_judge_without_a_model_or_anything_to_learn(shelf_space, lesson, text_model):
    reader = reader_of(shelf_space)
    assert cross_judge(reader, lesson, None) is None
    few = Lesson(lesson.texts[:1], looked_at(lesson.looked.rows[:1]), lesson.gains[:1])
    assert cross_judge(reader, few, text_model) is None
    assert tree_judge(reader, Lesson(lesson.texts, lesson.looked, 0 * lesson.gains), 0) is None


def test_stages_come_back_from_a_space(shelf_space, lessons, lesson, text_model):
    reader, valid = reader_of(shelf_space), lessons[1]
    stages = tuple(
        Stage(judge, Weighing({"before": 0.5, "told": 0.5}, {"before": (0.0, 1.0), "told": (0.0, 2.0)}))
        for judge in (tree_judge(reader, lesson, 0), cross_judge(reader, lesson, text_model))
    )
    ranking = Ranking(stages=stages)
    again = Ranking.from_artifacts(ranking.artifacts())
    assert [type(stage.judge) for stage in again.stages] == [TreeJudge, CrossJudge]
    looked = look_all(reader, valid, ranking.query_words)
    one, other = (each.ranked(reader, valid.texts, looked)[1] for each in (ranking, again))
    assert np.allclose(one, other, atol=0.02)  # weights are kept in sixteen bits
    with pytest.raises(SpaceError, match="search by"):
        Ranking.from_artifacts(
            {name: blob for name, blob in ranking.artifacts().items() if name != CROSS_ARTIFACT}
        )


def test_a_useless_reader_is_not_kept(shelf_space, lessons, text_model):
    """A model of random weights and one epoch tells no product from another."""
    asked = learn_ranking(reader_of(shelf_space), *lessons, text_model=text_model)
    assert not any(isinstance(stage.judge, CrossJudge) for stage in asked.stages)


def test_queries_that_nothing_fits_teach_no_stage(shelf_space, text_model):
    nothing = Judged.of(["lamp", "chair"], [np.zeros(0, np.int64)] * 2)
    assert learn_ranking(reader_of(shelf_space), nothing, nothing, text_model=text_model).stages == ()
